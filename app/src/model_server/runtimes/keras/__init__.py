"""Keras models: HDF5 (`keras_h5`, model.h5) and the native format (`keras_v3`, model.keras), on TensorFlow."""

from model_server.runtimes.format import Format

_MODULE = "model_server.runtimes.keras.model"
# Keras reads files of earlier versions, so any version is accepted.
_LIBRARIES = {"keras": 0}
_THREAD_VARIABLES = ("TF_NUM_INTRAOP_THREADS",)
_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_NUM_INTEROP_THREADS": "1",
    # TensorFlow logs notes about the machine in its own format. Its errors are still written.
    "TF_CPP_MIN_LOG_LEVEL": "2",
}

H5 = Format(
    module=_MODULE,
    suffix=".h5",
    magic=b"\x89HDF\r\n\x1a\n",
    description="an HDF5 file, as Keras's .h5 is",
    libraries=_LIBRARIES,
    thread_variables=_THREAD_VARIABLES,
    environment=_ENVIRONMENT,
)

NATIVE = Format(
    module=_MODULE,
    suffix=".keras",
    magic=b"PK\x03\x04",
    description="a zip archive, as Keras's .keras is",
    libraries=_LIBRARIES,
    thread_variables=_THREAD_VARIABLES,
    environment=_ENVIRONMENT,
)
