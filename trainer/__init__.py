"""Fine-tuning of InstructPix2Pix models. Runs headless: configuration in, JSON lines out."""
