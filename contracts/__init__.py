"""What the services say to one another and to the world, and the rules by date."""
