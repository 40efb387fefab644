from examples.relying_party.serve import serve

serve("examples.jobs_housing.app:create_app", default_port=8001)
