"""The connection that `calcinosis lab` asks the server for: Jupyter's own, over a socket that sends at once."""

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

from calcinosis.jupyterlab.connection import PromptConnection


def test_the_socket_is_told_to_send_at_once_before_jupyter_connects(monkeypatch):
    told = []

    class Handler:
        def set_nodelay(self, value):
            told.append(("nodelay", value))

    monkeypatch.setattr(ZMQChannelsWebsocketConnection, "connect", lambda self: told.append(("connect", None)))
    monkeypatch.setattr(PromptConnection, "websocket_handler", Handler(), raising=False)
    connection = PromptConnection.__new__(PromptConnection)
    connection.connect()
    assert told == [("nodelay", True), ("connect", None)]
