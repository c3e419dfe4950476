"""The app: pages, forms and state of the view. Streamlit lives here and nowhere else; models never do."""
