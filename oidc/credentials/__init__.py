"""Credentials: what somebody carries away and shows where nobody asks us, on paper or on a screen."""
