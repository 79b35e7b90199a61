"""What editors show beyond findings, as plain values that know nothing of LSP."""
