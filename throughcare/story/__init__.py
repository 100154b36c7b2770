"""The story of the invented city of Westmere: 24 months that only its doors are told."""
