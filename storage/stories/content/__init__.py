"""What a story's words and hits say: where it is, what it adds, how urgent it is, which event it is about. Pure."""
