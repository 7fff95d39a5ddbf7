"""The protocols that the server speaks."""

from model_server.protocols.base import Protocol
from model_server.protocols.predict import PredictProtocol

PROTOCOLS: tuple[Protocol, ...] = (PredictProtocol(),)
