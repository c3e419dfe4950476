"""The app: `streamlit run app.py`, or `python -m trust_core app`."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from trust_core.ui import server, shell

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(server.ENTRY, lifespan=server.lifespan, middleware=server.MIDDLEWARE, routes=server.ROUTES)
else:
    # A test of the pages runs this file itself as the script.
    shell.main()
