// SPDX-License-Identifier: Apache-2.0
// What both C++ peers share: the arguments, the listening line, and the service's one rule.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include <grpcpp/grpcpp.h>

#include "bench.grpc.pb.h"

inline const std::string& ReplyBody() {
  static const std::string body(1024, 'x');
  return body;
}

inline grpc::Status Judge(const figures::bench::Request& request) {
  if (request.body().empty()) {
    return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "the body is empty");
  }
  return grpc::Status::OK;
}

// Lets `builder` listen on the port that the program was given, starts it, and says where it listens.
inline std::unique_ptr<grpc::Server> Start(grpc::ServerBuilder& builder, int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s PORT\n", argv[0]);
    std::exit(2);
  }
  int port = 0;
  builder.AddListeningPort(
      std::string("127.0.0.1:") + argv[1], grpc::InsecureServerCredentials(), &port);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) {
    std::fprintf(stderr, "%s: cannot listen on port %s\n", argv[0], argv[1]);
    std::exit(1);
  }
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  return server;
}
