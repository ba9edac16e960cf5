// SPDX-License-Identifier: Apache-2.0
// `grpc-cpp-callback PORT`: the peer on gRPC C++ with its callback API, the one its authors recommend.

#include "server.h"

namespace {

class BenchService final : public figures::bench::Bench::CallbackService {
  grpc::ServerUnaryReactor* Get(grpc::CallbackServerContext* context,
                                const figures::bench::Request* request,
                                figures::bench::Reply* reply) override {
    grpc::Status status = Judge(*request);
    if (status.ok()) reply->set_body(ReplyBody());
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(status);
    return reactor;
  }
};

}  // namespace

int main(int argc, char** argv) {
  BenchService service;
  grpc::ServerBuilder builder;
  builder.RegisterService(&service);
  Start(builder, argc, argv)->Wait();
}
