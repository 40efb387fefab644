"""Messages to people: announcements and one-time codes, by e-mail, SMS and Zalo."""
