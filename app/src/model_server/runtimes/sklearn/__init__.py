"""scikit-learn estimators that joblib wrote (`sklearn_joblib`, model.pkl)."""

from model_server.runtimes.format import Format

JOBLIB = Format(
    module="model_server.runtimes.sklearn.model",
    suffix=".pkl",
    magic=b"\x80",
    description="a pickle, as joblib writes it",
    # scikit-learn does not support pickles across releases. numpy moved its modules between 1 and 2.
    libraries={"scikit-learn": 2, "numpy": 1, "joblib": 1},
)
