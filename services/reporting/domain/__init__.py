"""What reporting decides itself: whether the log of a service is whole and true."""
