# TrustEq in a container: the app and its worker, for the CPU or for an NVIDIA GPU.
#
#   docker build -t trusteq .                        CPU build of torch
#   docker build -t trusteq:cuda --build-arg TORCH=cuda .
#   docker run --rm -p 127.0.0.1:8501:8501 -v trusteq:/data trusteq
#
# compose.yaml runs web and worker as two services. docs/running.md says more.

ARG PYTHON=3.11
FROM python:${PYTHON}-slim AS build
ARG TORCH=cpu
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
COPY requirements.txt .ci/torch ./
# The index of the CPU builds must be reachable here: a fallback would make an image of several GB, unasked.
RUN python -m venv /venv \
    && version=$(sed -n 's/^torch==//p' requirements.txt) \
    && case "$TORCH" in \
         cpu) /venv/bin/pip install --no-deps --index-url https://download.pytorch.org/whl/cpu "torch==$version" ;; \
         cuda) ;; \
         *) echo "TORCH=$TORCH is not known: use cpu or cuda." >&2; exit 1 ;; \
       esac \
    && /venv/bin/pip install -r requirements.txt

FROM python:${PYTHON}-slim
# OpenMP for torch, scikit-learn and OpenVINO.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin trusteq \
    && install -d -o trusteq -g trusteq /data
COPY --from=build /venv /venv
WORKDIR /app
COPY app.py ./
COPY .streamlit ./.streamlit
COPY pages ./pages
COPY assets ./assets
COPY trust_core ./trust_core
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRUST_HOME=/data/home \
    TRUST_MODEL_ROOTS=/data/models \
    TRUST_DATA_ROOTS=/data/data \
    HF_HOME=/data/hub
USER trusteq
# Runs, uploads, caches and the hub's downloads; models and data files of one's own go into /data/models and /data/data.
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
# Inside a container the server must listen on its only interface; publish the port on 127.0.0.1 or behind a proxy.
CMD ["python", "-m", "trust_core", "app", "--address", "0.0.0.0", "--port", "8501"]
