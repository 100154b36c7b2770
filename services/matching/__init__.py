"""Places found for young people who were referred, up to the first day."""
