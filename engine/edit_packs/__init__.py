"""Edit packs: a trained edit as one small file, which another person installs as a model."""
