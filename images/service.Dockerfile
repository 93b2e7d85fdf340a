# Every image of ours: a bundle (npm run images makes the context) on Node and the libraries that Node links.
ARG NODE_IMAGE
FROM ${NODE_IMAGE} AS runtime
ARG USER_ID
COPY collect-runtime.sh /collect-runtime.sh
RUN ["sh", "/collect-runtime.sh", "/runtime", "${USER_ID}"]

FROM scratch
ARG USER_ID
ARG VERSION
COPY --from=runtime /runtime /
COPY app /app
WORKDIR /app
USER ${USER_ID}:${USER_ID}
ENV NODE_ENV=production VERSION=${VERSION}
ENTRYPOINT ["/usr/local/bin/node", "--disable-warning=ExperimentalWarning", "main.mjs"]
