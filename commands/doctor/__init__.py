"""`pollwatch doctor`: checks of the machine, the installation and the set-up."""
