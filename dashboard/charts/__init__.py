"""Tables to figures: Plotly, no Streamlit."""
