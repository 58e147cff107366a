"""Makes the course's notebooks out of its text, checks the text, and starts new pieces of it."""
