"""What every test shares: nobody's own progress, settings or screen is seen or changed."""

import os
import tempfile

# Set before anything of the course or of Jupyter is imported; kernels started by a test inherit it.
_SCRATCH = tempfile.TemporaryDirectory(prefix="calcinosis-tests-")
for _name, _folder in {
    "CALCINOSIS_HOME": "home",
    "IPYTHONDIR": "ipython",
    "JUPYTER_CONFIG_DIR": "jupyter-config",
    "JUPYTER_RUNTIME_DIR": "jupyter-runtime",
}.items():
    os.environ[_name] = os.path.join(_SCRATCH.name, _folder)
os.environ.setdefault("MPLBACKEND", "agg")
