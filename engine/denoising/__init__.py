"""The mathematics of an edit: guidance, schedulers, and the loop from noise to latents."""
