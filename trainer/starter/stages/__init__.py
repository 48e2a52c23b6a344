"""The stages of building the starter: autoencoder, language, UNet, decoder, knowledge."""
