"""The offline verifier, attacked."""
