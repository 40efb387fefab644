"""Enrolment: the text of an identity card, scanned, from a photo or typed, and what it says of its person."""
