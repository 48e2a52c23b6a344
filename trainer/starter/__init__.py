"""Builds the starter model from photographs: edit recipes, instructions, autoencoder, UNet."""
