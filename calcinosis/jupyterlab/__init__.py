"""What the course brings to JupyterLab: settings, a layout, a connection that does not wait."""
