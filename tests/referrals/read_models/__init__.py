"""The folds of referrals."""
