# SPDX-License-Identifier: GPL-2.0-or-later
# The golden tests: what of paprika's output is kept in expected/. To be sourced; P is the program, and
# golden NAME COMMAND... takes a command's output, standard error after standard output, and its status.

golden help $P --help
golden help-run $P run --help
golden help-fdt $P fdt --help
golden help-host $P host --help
golden version $P --version
golden no-command $P

golden fdt-default $P fdt
golden fdt-consoles $P fdt --console null --console null --cmdline "console=hvc0 root=/dev/ram0 text=\"a\\b\"" \
	--memory 3G --name vm-1
golden fdt-no-defaults $P fdt --no-defaults
golden fdt-balloon $P fdt --balloon on --no-defaults
golden fdt-vhost $P fdt --no-defaults --net tap,ifname=t,vhost=on,queues=2 --vsock cid=3
golden fdt-virtio-console $P fdt --no-defaults --console null,bus=virtio --channel name=agent,path=socket
golden fdt-rng-off $P fdt --rng=off --no-defaults --nvram none
printf '[vm]\nname = from-file\nmemory = 512M\nno-defaults = on\ncmdline = one\n two\n' >config
golden fdt-config $P fdt --config config --memory 256M
truncate -s 1M disk
printf '[disk root]\npath = disk\nserial = one\nreadonly = on\n[disk data]\npath = disk\n' >config
printf '[disk one]\npath = disk\nbus = virtio-scsi\n[disk two]\npath = disk\nbus = virtio-scsi\n[disk three]\nvhost-user = disk.sock\n' >>config
printf '[net lan]\ntype = tap\nifname = tap0\n[net switch]\ntype = vhost-user\nsocket = net.sock\n' >>config
golden fdt-devices $P fdt --config config --no-defaults
printf '[disk root]\nserial = one\n' >config
golden refuse-config-disk $P fdt --config config
printf '[net lan]\ntype = tap\n' >config
golden refuse-config-net $P fdt --config config
printf '[channel agent]\nname = other\n' >config
golden refuse-config-channel $P fdt --config config
printf '[disk root]\npath = disk\nsize = 1G\n' >config
golden refuse-config-disk-key $P fdt --config config

# Command lines that are refused, each with its line.
golden refuse-command $P runn
golden refuse-command-later $P snapshot
golden refuse-set-nothing $P set vm-1
golden refuse-set-name $P set
golden help-set $P set --help
golden refuse-kernel-missing $P run
golden refuse-option $P run --memry 1G
golden refuse-option-far $P run --frobnicate
golden refuse-option-later $P run --tpm socket
golden refuse-net-vhost-user $P fdt --net vhost-user
golden refuse-net-vhost-user-queues $P fdt --net vhost-user,socket=net.sock,queues=2
golden refuse-net-kind $P fdt --net bridge
golden refuse-net-ifname $P fdt --net tap
golden refuse-net-passt $P fdt --net passt
golden refuse-net-key $P fdt --net user,ifname=t
golden refuse-net-queues $P fdt --net user,queues=2
golden refuse-net-hostfwd $P fdt --net user,hostfwd=tcp:22
golden refuse-net-network $P fdt --net user,network=10.0.2.1/24
golden refuse-net-vhost $P fdt --net tap,ifname=t,vhost=yes
golden refuse-net-vhost-kind $P fdt --net user,vhost=on
golden refuse-vsock $P fdt --vsock 5
golden refuse-vsock-cid $P fdt --vsock cid=2
golden refuse-net-mac $P fdt --net tap,ifname=t,mac=01:00:00:00:00:01
golden refuse-disk-path $P fdt --disk readonly=on
golden refuse-disk-key $P fdt --disk path=x,cache=none
golden refuse-disk-value $P fdt --disk path=x,direct=maybe
golden refuse-disk-bus $P fdt --disk path=x,bus=ide
golden refuse-disk-missing $P fdt --disk path=none
golden refuse-disk-vhost-user-key $P fdt --disk vhost-user=disk.sock,readonly=on
golden refuse-disk-vhost-user-path $P fdt --disk vhost-user=disk.sock,path=disk
golden refuse-disk-vhost-user-empty $P fdt --disk vhost-user=
golden refuse-option-of-other $P fdt --on-panic=reset
golden refuse-word $P run vmlinux
golden refuse-value-missing $P run --memory
golden refuse-value-of-flag $P run --no-defaults=on
golden refuse-memory $P run --memory 1Q
golden refuse-memory-small $P run --memory 1M
golden refuse-memory-odd $P run --memory 131073K
golden refuse-cpus $P run --cpus 257
golden refuse-cpus-threads $P run --cpus 6,threads=4
golden fdt-threads $P fdt --cpus 8,threads=4 --no-defaults
golden refuse-cpu $P run --cpu power4
golden refuse-compat $P run --compat power4
golden refuse-compat-newer $P fdt --accel interp --compat power10
golden fdt-compat-hash $P fdt --accel interp --compat power8
golden fdt-power8 $P fdt --accel interp --cpu power8
golden fdt-power11 $P fdt --accel interp --cpu power11
golden fdt-compat $P fdt --accel interp --compat power9
golden refuse-name $P run --name a/b
golden refuse-accel $P run --accel tcg
golden refuse-trace $P run --trace hcal
golden refuse-console $P fdt --no-defaults --console a --console b --console c --console d --console e \
	--console f --console g --console h --console i
golden refuse-console-bus $P fdt --console pty,bus=usb
golden refuse-channel $P fdt --channel path=socket
golden refuse-channel-name $P fdt --channel name=a/b,path=socket
golden refuse-channel-key $P fdt --channel name=a,path=socket,bus=virtio
golden refuse-channel-again $P fdt --channel name=a,path=socket --channel name=a,path=other
golden refuse-output $P fdt -o /nowhere/at/all
golden refuse-config-missing $P fdt --config none
printf '[vm]\nmemory = 1G\n\n# a comment\nbogus = 1\n' >config
golden refuse-config-key $P fdt --config config
printf '[vm]\nmemory = lots\n' >config
golden refuse-config-value $P fdt --config config
printf '[fs lan]\nuser = x\n' >config
golden refuse-config-section $P fdt --config config
printf 'memory = 1G\n' >config
golden refuse-config-no-section $P fdt --config config
printf '[vm]\nquiet = maybe\n' >config
golden refuse-config-switch $P fdt --config config
printf '[vm]\nnonsense\n' >config
golden refuse-config-line $P fdt --config config
printf '[vm]\ntpm = x\n' >config
golden refuse-config-later $P fdt --config config
{ printf '[vm]\ncmdline = '; head -c 300 /dev/zero | tr '\0' x; echo; } >config
golden refuse-config-long $P fdt --config config
