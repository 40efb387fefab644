from examples.relying_party.serve import serve

serve("examples.provincial_apps.app:create_app", default_port=8002)
