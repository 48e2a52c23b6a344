"""Fine-tuning of InstructPix2Pix models. It runs headless: configuration in, JSON lines out."""
