"""What an application needs to sign people in with Thai Nguyen ID: copy this folder and begin.

The protocol is Authlib's; here stand the few things that an application has to decide for itself.
"""
