"""TrustEq: may a compressed text classifier replace its reference without losing the trust it earned?"""
