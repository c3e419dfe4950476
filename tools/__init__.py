"""How the bundled demo models were made, and the paper's fine-tuning recipe; never imported by trust_core."""
