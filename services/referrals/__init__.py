"""Referrals: the young person, the stage 1 meeting, the route, the referral and the plan."""
