"""Stages of building the starter: autoencoder, text encoder, UNet, decoder, knowledge."""
