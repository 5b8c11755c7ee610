"""What may be asked: the parameters that routes share, each declared once."""
