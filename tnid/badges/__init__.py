"""Printed cards: a QR on paper and a PIN, to sign in with at a terminal. docs/qr-login.md says how."""
