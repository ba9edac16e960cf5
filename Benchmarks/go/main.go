// SPDX-License-Identifier: Apache-2.0

// The peer on grpc-go: grpc-go-server PORT.
package main

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"figures/bench"
)

type server struct {
	reply *bench.Reply
}

func (s *server) Get(_ context.Context, request *bench.Request) (*bench.Reply, error) {
	if len(request.Body) == 0 {
		return nil, status.Error(codes.InvalidArgument, "the body is empty")
	}
	return s.reply, nil
}

func main() {
	if len(os.Args) != 2 {
		log.Fatalf("usage: %s PORT", os.Args[0])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening on %s\n", listener.Addr())
	peer := grpc.NewServer()
	bench.RegisterBenchServer(peer, &server{reply: &bench.Reply{Body: bytes.Repeat([]byte("x"), 1024)}})
	log.Fatal(peer.Serve(listener))
}
