"""What puts the system into containers: images, one compose file, and the jobs before it runs."""
