"""Sign-in by QR: a screen that waits, and a phone that answers for it. docs/qr-login.md says how."""
