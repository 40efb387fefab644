"""The application for any WSGI server: `wsgi:application`. (`tnid serve` is the one we recommend.)"""

import os

from tnid.app import create_app
from tnid.settings import load

application = create_app(load(os.environ))
