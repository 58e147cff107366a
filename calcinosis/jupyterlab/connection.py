"""The kernel's messages to the page, each sent at once.

The server holds a message back until the browser has acknowledged the one before (Nagle's algorithm), and the browser
acknowledges a lone "busy" only after 40 ms: so a widget's answer, ready after 15 ms, lay waiting for the rest.
"""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection


class PromptConnection(ZMQChannelsWebsocketConnection):
    """Jupyter's own connection between kernel and page, without the wait."""

    def connect(self):
        """Connect as Jupyter does, over a socket that sends at once."""
        self.websocket_handler.set_nodelay(True)
        return super().connect()
