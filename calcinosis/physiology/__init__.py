"""Models of calcium physiology for teaching: first the forms of plasma calcium."""
