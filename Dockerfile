# SPDX-License-Identifier: Apache-2.0
# Both services in one image; compose.yaml says which one runs.
FROM swift:6.3-bookworm AS build
RUN apt-get update -qq && apt-get install -y -qq libnghttp2-dev libprotobuf-c-dev libsqlite3-dev pkg-config
WORKDIR /build
COPY Package.swift ./
COPY Sources Sources
RUN swift build -c release --product figures-ingest \
 && swift build -c release --product figures-query \
 && swift build -c release --product figures-client \
 && mkdir /out \
 && cp .build/release/figures-ingest .build/release/figures-query .build/release/figures-client /out/ \
 && cp -r .build/release/*.resources /out/

FROM swift:6.3-bookworm-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libnghttp2-14 libprotobuf-c1 libsqlite3-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home figures
COPY --from=build /out /usr/local/bin
USER figures
WORKDIR /home/figures
# A volume that is mounted here takes its owner from it.
RUN mkdir data
