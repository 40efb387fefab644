from examples.relying_party.serve import serve

serve("examples.kiosk.app:create_app", default_port=8005)
