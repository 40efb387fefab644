from examples.relying_party.serve import serve

serve("examples.bookings_api.app:create_app", default_port=8004)
