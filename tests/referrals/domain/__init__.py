"""Every rule of the deciders of referrals."""
