# A model as an OCI image: nothing but files. Kubernetes mounts it as a volume.
FROM scratch
ARG MODEL
COPY ${MODEL} /${MODEL}
