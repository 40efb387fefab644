from examples.relying_party.serve import serve

serve("examples.bookings.app:create_app", default_port=8003)
