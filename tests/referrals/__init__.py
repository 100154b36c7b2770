"""Referrals, tested room by room."""
